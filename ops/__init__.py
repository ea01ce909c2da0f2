"""The composition root: settings, the `wakala` command, embedded servers, migrations, and the processes."""
