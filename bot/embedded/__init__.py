"""A real Postgres and a real Redis that need nothing installed, for the demo and the tests.

Never for production: anyone who may enter the folder is the database's owner. No network port is
opened; both are reached through sockets in a folder that only their account may enter. ::

    with EmbeddedServers(Path(".jit")) as servers:
        engine = connect(servers.urls.database_url)

They end with the program that started them: with `stop`; with the program's death of any kind,
through a watcher beside them; and if the watcher was killed too, at the next start in that folder.
"""

from bot.embedded.errors import EmbeddedError
from bot.embedded.servers import EmbeddedServers, Urls, forget

__all__ = ["EmbeddedError", "EmbeddedServers", "Urls", "forget"]
