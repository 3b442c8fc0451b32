"""Settings of nbgrader for the course's notebooks; tests/test_grading.py releases and marks a lesson with them.

Copy this file into the folder of your class, and lessons into its `source/NAME/`, NAME being the assignment's. All else
is in nbgrader's own guide: https://nbgrader.readthedocs.io
"""

import os

c = get_config()  # noqa: F821

# An exercise that was not attempted lets a learner's notebook go on; where marks are given it has to earn none.
os.environ["COURSE_GRADING"] = "1"

# The lessons hold no solutions that would have to be taken out: this step would only empty the stubs' cells.
c.ClearSolutions.enabled = False

c.Execute.timeout = 300  # Seconds for a cell.
