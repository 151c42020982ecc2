"""Linear probes: one linear layer on the mean hidden state of a frozen encoder."""
