"""The office equipment that every room uses, each once: intake, paper, language and jobs."""
