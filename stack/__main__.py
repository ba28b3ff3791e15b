import sys
from stack.state import open_state
from stack import control
s=open_state(sys.argv[1]); getattr(control, sys.argv[2])(s)
