"""The sides that a peer can be, a module each; `make` gives one."""
