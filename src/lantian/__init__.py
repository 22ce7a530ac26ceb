"""Lantian 蓝天: the software that runs a city's clean-air action plan."""

__version__ = "0.1.0"
