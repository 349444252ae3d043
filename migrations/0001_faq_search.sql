-- Full-text index over approved FAQs' words; the triggers keep it, so an answer is found as soon as it is written.
CREATE VIRTUAL TABLE faqs_fts USING fts5(question, answer, content='faqs', content_rowid='rowid', tokenize='porter unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE TRIGGER faqs_fts_insert AFTER INSERT ON faqs BEGIN
  INSERT INTO faqs_fts(rowid, question, answer) VALUES (new.rowid, new.question, new.answer);
END;
--> statement-breakpoint
CREATE TRIGGER faqs_fts_delete AFTER DELETE ON faqs BEGIN
  INSERT INTO faqs_fts(faqs_fts, rowid, question, answer) VALUES ('delete', old.rowid, old.question, old.answer);
END;
--> statement-breakpoint
CREATE TRIGGER faqs_fts_update AFTER UPDATE ON faqs BEGIN
  INSERT INTO faqs_fts(faqs_fts, rowid, question, answer) VALUES ('delete', old.rowid, old.question, old.answer);
  INSERT INTO faqs_fts(rowid, question, answer) VALUES (new.rowid, new.question, new.answer);
END;
