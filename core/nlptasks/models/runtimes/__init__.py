"""What computes a model: OpenVINO on CPUs, PyTorch everywhere else, behind one small interface.

Arrays of NumPy go in and come out, so that neither heads nor decoding know which one it is.
"""
