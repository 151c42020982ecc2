"""Trains a decoder that reads the frozen encoder."""
