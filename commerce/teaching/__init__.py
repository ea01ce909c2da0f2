"""What a merchant teaches: lines, answers, and the layers of understanding built from them."""
