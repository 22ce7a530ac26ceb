"""The door of the instruments (采集网关): HJ 212 over TCP, durable before acknowledged."""
