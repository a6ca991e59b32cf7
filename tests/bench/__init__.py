"""How heavy, how quick and how sound the pages are as served: `make bench` prints it as tables; no test depends on it."""
