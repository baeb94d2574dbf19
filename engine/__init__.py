"""The rules of jitbot: plain Python, no third-party import, no I/O, nothing asynchronous."""
