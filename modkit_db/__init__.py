"""Tenant-safe SQL on SQLAlchemy: engines, secured statements, migrations, paging, outbox, jobs."""
