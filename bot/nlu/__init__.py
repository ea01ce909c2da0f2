"""What the bot understands: text as people write it, turned into intent, language, entities and items."""
