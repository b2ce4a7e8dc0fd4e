"""One suite per port, run on every implementation there is: the fakes cannot drift."""
