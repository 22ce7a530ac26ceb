-- A ledger as the first release made and filled it.
CREATE TABLE exceptional_events (
    id VARCHAR(36) NOT NULL, code VARCHAR(12) NOT NULL, first_hour DATETIME NOT NULL, "end" DATETIME NOT NULL,
    reason TEXT NOT NULL, approved_by VARCHAR(200) NOT NULL, approved_at DATETIME NOT NULL,
    withdrawn_by VARCHAR(200), withdrawn_at DATETIME, withdrawn_because TEXT, PRIMARY KEY (id)
);
CREATE TABLE runs (
    id VARCHAR(36) NOT NULL, what VARCHAR(100) NOT NULL, for_when VARCHAR(100) NOT NULL, inputs JSON NOT NULL,
    state VARCHAR(20) NOT NULL, done FLOAT NOT NULL, message TEXT NOT NULL, result JSON, error TEXT,
    code_version VARCHAR(50) NOT NULL, made_at DATETIME NOT NULL, started_at DATETIME, ended_at DATETIME,
    PRIMARY KEY (id)
);
CREATE TABLE workspace (
    id INTEGER NOT NULL, schema_version INTEGER NOT NULL, city VARCHAR(200) NOT NULL, simulated BOOLEAN NOT NULL,
    made_at DATETIME NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_exceptional_events_code ON exceptional_events (code, first_hour);
CREATE INDEX ix_runs_what ON runs (what, for_when);
INSERT INTO workspace VALUES (1, 1, 'changzhi', 1, '2026-01-02 03:04:05.000000');
INSERT INTO exceptional_events VALUES ('e1', '140400', '2026-03-14 22:00:00.000000', '2026-03-15 10:00:00.000000',
    '卫星云图', 'zhang', '2026-03-16 00:00:00.000000', NULL, NULL, NULL);
INSERT INTO runs VALUES ('r1', 'evaluate', '2026', '{"first": "2026-01-01"}', 'done', 1.0, '', '{"rows": 12}',
    NULL, '0.1', '2026-03-16 00:00:00.000000', NULL, NULL);
