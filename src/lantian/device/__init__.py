"""Who speaks to a gateway as a data logger (数采仪) does? A real HJ 212 client, honest or faulty on demand."""
