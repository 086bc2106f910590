"""Tests of HTTP and sockets."""
