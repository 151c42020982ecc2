plugin = {"nlptasks_heads": []}
