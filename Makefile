# Each task is a line that can be typed as well. On Windows, type them with .venv\Scripts\python for .venv/bin/python.
PYTHON ?= python3
ARGS ?=

.PHONY: lab test check bench lint lock paint gallery plates studios lessons evaluate

lab: ## Open the lessons in JupyterLab: make lab ARGS="--no-browser --port 8899"
	@$(PYTHON) tools/setup_venv.py && $(PYTHON) tools/lab.py $(ARGS)

test: ## Run the tests and every cell of every notebook: make test ARGS="-k gram"
	@$(PYTHON) tools/setup_venv.py --extra dev && .venv/bin/python -m pytest --nbval-lax -n auto $(ARGS)

check: lint ## Check a small change: style, types, and the unit tests that need no notebook and no browser
	@.venv/bin/python -m pytest tests -m "not slow" -n auto $(ARGS)

bench: ## Measure what the methods take on this machine
	@$(PYTHON) tools/setup_venv.py && .venv/bin/python tools/benchmark.py $(ARGS)

lint: ## Check the style of the code and the notebooks, and the types of the package
	@$(PYTHON) tools/setup_venv.py --extra dev && .venv/bin/python -m ruff check -q && .venv/bin/python -m ruff format --check -q && .venv/bin/python -m mypy

lock: ## Pin the versions of all packages anew, for every platform (needs uv)
	uv pip compile --universal --python-version 3.11 --no-header --no-annotate --upgrade --quiet --extra dev --output-file requirements.lock pyproject.toml

paint: ## Paint the pictures of images/ anew
	@$(PYTHON) tools/setup_venv.py && .venv/bin/python tools/paint.py $(ARGS)

gallery: ## Make the pictures of images/README.md, of lesson 00's map and of README anew
	@$(PYTHON) tools/setup_venv.py && .venv/bin/python tools/gallery.py $(ARGS)

plates: ## Make the large pictures of README and the lessons anew: make plates ARGS="temple_dream"
	@$(PYTHON) tools/setup_venv.py && .venv/bin/python tools/plates.py $(ARGS)

studios: ## Take the pictures of the studios anew (needs Chromium)
	@$(PYTHON) tools/setup_venv.py --extra dev && .venv/bin/python tools/studios.py $(ARGS)

lessons: ## Run the lessons and store them: make lessons ARGS="notebooks/00_start_here.ipynb"
	@$(PYTHON) tools/setup_venv.py --extra dev && .venv/bin/python tools/lessons.py $(ARGS)

evaluate: ## Judge the small network: make evaluate ARGS="--data FOLDER"
	@$(PYTHON) tools/setup_venv.py && .venv/bin/python tools/evaluate_mini.py $(ARGS)
