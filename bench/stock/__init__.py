"""Stock Rasa on the same machine, in the same run: its own runner, processor, tracker store and components."""
