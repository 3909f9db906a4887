"""ClickHouse's HTTP interface in front of the embedded store, read-only: for the clients that people have already."""
