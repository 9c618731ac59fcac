"""The vocabulary of budgets: money, rates, calendar, codes and frame schemas; pure, knows no other room.

Conventions fixed here for every room: money is integer fen (``_fen``), rates are integer basis points rounded
down (``_bp``), business dates end in ``_on``, instants are aware UTC and end in ``_at``. Null means "not known"
and is never zero. Date ranges are closed on both ends unless a name says otherwise.
"""
