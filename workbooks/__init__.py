"""What each document contains: sheets, columns, cover. One module per subject; the engine is backoffice.workbook."""
