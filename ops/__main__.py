"""`python -m ops` is the `wakala` command."""

from ops.cli import main

main()
