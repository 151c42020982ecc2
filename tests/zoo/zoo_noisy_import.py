print("this must not reach standard output")
