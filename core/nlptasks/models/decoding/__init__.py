"""How a decoder writes: beams, steps and sampling."""
