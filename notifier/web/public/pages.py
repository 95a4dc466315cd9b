def attach(app): pass
