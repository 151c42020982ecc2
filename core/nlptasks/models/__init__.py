"""What heads and backbones are built from: encoders, decoders, windows, batches and generation."""
