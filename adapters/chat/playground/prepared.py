"""Statements that are worth trying in the example company's finance database, `ledger`."""

from __future__ import annotations

from adapters.chat.playground.try_it import Prepared
