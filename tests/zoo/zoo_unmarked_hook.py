def nlptasks_heads():
    return []
