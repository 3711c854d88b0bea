"""Streamlit entry: ``streamlit run app.py``, or ``assistant serve``, which builds the index first."""

from assistant.ui.page import main

main()
