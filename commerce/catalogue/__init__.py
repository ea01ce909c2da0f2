"""What shops sell: categories, items, sizes, options, and their names in every language."""
