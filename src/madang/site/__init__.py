"""The only room that sees every other room: settings, addresses, processes, commands."""
