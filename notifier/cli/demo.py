"""placeholder"""
def attach(root): pass
