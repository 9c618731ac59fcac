"""All SQL and all storage: schema, engines, reads, writes, columnar snapshots, audit chain.

No other room imports SQLAlchemy. Functions take a connection and never commit: ``app`` opens transactions.
"""
