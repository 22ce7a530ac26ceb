-- A ledger as edition 0002 made and filled it.
BEGIN TRANSACTION;
CREATE TABLE admissions (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	county VARCHAR(6) NOT NULL, 
	industry VARCHAR(80) NOT NULL, 
	applicant VARCHAR(300) NOT NULL, 
	application JSON NOT NULL, 
	rule VARCHAR(80) NOT NULL, 
	outcome JSON NOT NULL, 
	verdict VARCHAR(20) NOT NULL, 
	submitted_by VARCHAR(300) NOT NULL, 
	submitted_at DATETIME NOT NULL, 
	decided_by VARCHAR(300), 
	decided_at DATETIME, 
	reason TEXT, 
	simulated BOOLEAN NOT NULL, 
	CONSTRAINT pk_admissions PRIMARY KEY (id)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE calibrations (
	id VARCHAR(36) NOT NULL, 
	device VARCHAR(80) NOT NULL, 
	channel VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	method VARCHAR(20) NOT NULL, 
	reference VARCHAR(80) NOT NULL, 
	giver VARCHAR(36), 
	first_hour DATETIME NOT NULL, 
	"end" DATETIME NOT NULL, 
	fit JSON NOT NULL, 
	valid_from DATE NOT NULL, 
	valid_until DATE NOT NULL, 
	rules VARCHAR(80) NOT NULL, 
	reason TEXT NOT NULL, 
	made_by VARCHAR(300) NOT NULL, 
	made_at DATETIME NOT NULL, 
	withdrawn_at DATETIME, 
	withdrawn_by VARCHAR(300), 
	withdrawn_because TEXT, 
	CONSTRAINT pk_calibrations PRIMARY KEY (id), 
	CONSTRAINT fk_calibrations_giver FOREIGN KEY(giver) REFERENCES calibrations (id), 
	CONSTRAINT uq_calibrations_device_channel_version UNIQUE (device, channel, version)
);
CREATE TABLE camera_looks (
	id VARCHAR(36) NOT NULL, 
	camera VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	online BOOLEAN NOT NULL, 
	snapshot VARCHAR(300) NOT NULL, 
	CONSTRAINT pk_camera_looks PRIMARY KEY (id), 
	CONSTRAINT fk_camera_looks_camera FOREIGN KEY(camera) REFERENCES cameras (id), 
	CONSTRAINT uq_camera_looks_camera_at UNIQUE (camera, at)
);
CREATE TABLE cameras (
	id VARCHAR(80) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	place VARCHAR(80) NOT NULL, 
	longitude DOUBLE, 
	latitude DOUBLE, 
	snapshot VARCHAR(300) NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	changed_at DATETIME NOT NULL, 
	changed_by VARCHAR(300) NOT NULL, 
	CONSTRAINT pk_cameras PRIMARY KEY (id)
);
CREATE TABLE confirmed_readings (
	id VARCHAR(36) NOT NULL, 
	plan_key VARCHAR(80) NOT NULL, 
	payload JSON NOT NULL, 
	"by" VARCHAR(300) NOT NULL, 
	at DATETIME NOT NULL, 
	withdrawn_at DATETIME, 
	CONSTRAINT pk_confirmed_readings PRIMARY KEY (id)
);
CREATE TABLE control_requests (
	id VARCHAR(36) NOT NULL, 
	mn VARCHAR(80) NOT NULL, 
	command INTEGER NOT NULL, 
	parameters JSON NOT NULL, 
	reason TEXT NOT NULL, 
	made_by VARCHAR(300) NOT NULL, 
	made_at DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	qn VARCHAR(20), 
	sent_at DATETIME, 
	ended_at DATETIME, 
	qn_rtn INTEGER, 
	exe_rtn INTEGER, 
	answers JSON NOT NULL, 
	CONSTRAINT pk_control_requests PRIMARY KEY (id), 
	CONSTRAINT fk_control_requests_mn FOREIGN KEY(mn) REFERENCES devices (mn)
);
CREATE TABLE deliveries (
	id VARCHAR(36) NOT NULL, 
	turn BIGINT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	size BIGINT NOT NULL, 
	file_id VARCHAR(36) NOT NULL, 
	door VARCHAR(20) NOT NULL, 
	sender_id VARCHAR(36), 
	brought_by VARCHAR(300) NOT NULL, 
	received_at DATETIME NOT NULL, 
	kind VARCHAR(80), 
	said BOOLEAN NOT NULL, 
	options JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	attempts INTEGER NOT NULL, 
	ended_at DATETIME, 
	counts JSON NOT NULL, 
	findings JSON NOT NULL, 
	error VARCHAR, 
	error_values JSON NOT NULL, 
	rejects JSON NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id), 
	CONSTRAINT fk_deliveries_file_id FOREIGN KEY(file_id) REFERENCES files (id), 
	CONSTRAINT fk_deliveries_sender_id FOREIGN KEY(sender_id) REFERENCES senders (id), 
	CONSTRAINT uq_deliveries_sha256 UNIQUE (sha256), 
	CONSTRAINT uq_deliveries_turn UNIQUE (turn)
);
CREATE TABLE device_keys (
	mn VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	sealed BLOB NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	made_at DATETIME NOT NULL, 
	made_by VARCHAR(300) NOT NULL, 
	reason TEXT NOT NULL, 
	since DATETIME, 
	ended_at DATETIME, 
	CONSTRAINT pk_device_keys PRIMARY KEY (mn, version), 
	CONSTRAINT fk_device_keys_mn FOREIGN KEY(mn) REFERENCES devices (mn)
);
CREATE TABLE device_parameters (
	id VARCHAR(36) NOT NULL, 
	mn VARCHAR(80) NOT NULL, 
	factor VARCHAR(20) NOT NULL, 
	code VARCHAR(20) NOT NULL, 
	value VARCHAR(400) NOT NULL, 
	previous VARCHAR(400), 
	reported_for DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	place VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_device_parameters PRIMARY KEY (id), 
	CONSTRAINT fk_device_parameters_mn FOREIGN KEY(mn) REFERENCES devices (mn), 
	CONSTRAINT uq_device_parameters_mn_factor_code_reported_for_value UNIQUE (mn, factor, code, reported_for, value)
);
CREATE TABLE devices (
	mn VARCHAR(80) NOT NULL, 
	outlet VARCHAR(80) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	system VARCHAR(3) NOT NULL, 
	edition INTEGER NOT NULL, 
	password VARCHAR(40) NOT NULL, 
	addresses JSON NOT NULL, 
	cipher_required BOOLEAN NOT NULL, 
	logger_id VARCHAR(80) NOT NULL, 
	activated_at DATETIME, 
	hardware JSON NOT NULL, 
	grants_keys BOOLEAN NOT NULL, 
	key_days INTEGER, 
	key_version INTEGER NOT NULL, 
	key_trouble VARCHAR(20) NOT NULL, 
	points JSON NOT NULL, 
	reports JSON NOT NULL, 
	minute_interval INTEGER NOT NULL, 
	reference_oxygen DOUBLE, 
	gas_state VARCHAR(20), 
	simulated BOOLEAN NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	changed_at DATETIME NOT NULL, 
	changed_by VARCHAR(300) NOT NULL, 
	CONSTRAINT pk_devices PRIMARY KEY (mn)
);
CREATE TABLE drafts (
	id VARCHAR(36) NOT NULL, 
	made_at DATETIME NOT NULL, 
	made_by VARCHAR(80) NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	payload JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	ended_at DATETIME, 
	ended_by VARCHAR(300), 
	result VARCHAR(300), 
	CONSTRAINT pk_drafts PRIMARY KEY (id)
);
CREATE TABLE duties (
	id VARCHAR(36) NOT NULL, 
	plan_id VARCHAR(36) NOT NULL, 
	measure_id VARCHAR(36) NOT NULL, 
	tail INTEGER NOT NULL, 
	organisation_id VARCHAR(80) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	mode VARCHAR(20) NOT NULL, 
	via VARCHAR(300) NOT NULL, 
	settled BOOLEAN NOT NULL, 
	words TEXT NOT NULL, 
	due DATE, 
	reported_month VARCHAR(7), 
	claimed VARCHAR(20), 
	share VARCHAR(40), 
	review VARCHAR(20), 
	done_on DATE, 
	step VARCHAR(20), 
	CONSTRAINT pk_duties PRIMARY KEY (id), 
	CONSTRAINT fk_duties_measure_id FOREIGN KEY(measure_id) REFERENCES measures (id), 
	CONSTRAINT fk_duties_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id), 
	CONSTRAINT fk_duties_plan_id FOREIGN KEY(plan_id) REFERENCES plans (id), 
	CONSTRAINT uq_duties_measure_id_tail_organisation_id_role UNIQUE (measure_id, tail, organisation_id, role)
);
CREATE TABLE entries (
	number INTEGER NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR(300) NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	payload TEXT NOT NULL, 
	previous VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_entries PRIMARY KEY (number), 
	CONSTRAINT uq_entries_id UNIQUE (id)
);
INSERT INTO "entries" VALUES(1,'019ca6b1-dc00-7451-a125-cc84dfac24dc','2026-03-01 00:00:00.000000','root','person.added','person:019ca6b1-dc00-7c0a-8583-07d2ebb35255','{"commitment":"cb2e049457cb2fff8b8c791871b962e3cd91093d9591d2495feacf847743e083"}','0000000000000000000000000000000000000000000000000000000000000000','499479da9efc39ef8c8cf32a9edb6ea56e56fc37986655053aaa9d26b68eaeb0');
INSERT INTO "entries" VALUES(2,'019ca6b1-dc00-713f-ac7e-d2daa916ab20','2026-03-01 00:00:00.000000','root','user.added','user:019ca6b1-dc00-7b03-b17a-5972d3d4471e','{"login":"root"}','499479da9efc39ef8c8cf32a9edb6ea56e56fc37986655053aaa9d26b68eaeb0','06f82d3f672b2795f7e0f306b27d58d3aa32b4686a78b168b0ac94b8ae1b5e6c');
INSERT INTO "entries" VALUES(3,'019ca6b1-dc00-78aa-87b7-bf2feecd7e94','2026-03-01 00:00:00.000000','root','role.granted','user:019ca6b1-dc00-7b03-b17a-5972d3d4471e','{"organisation":null,"role":"admin"}','06f82d3f672b2795f7e0f306b27d58d3aa32b4686a78b168b0ac94b8ae1b5e6c','488b5f7fe167b30eef2656fdeb31554985541c12a46ec9279e6c8ddb933ea95d');
INSERT INTO "entries" VALUES(4,'019ca6b1-dc00-7292-a18d-5c30eeb385d1','2026-03-01 00:00:00.000000','root','organisation.added','organisation:PLANT','{"county":"140406","full_name_zh":"模拟电厂","kind":"enterprise","name_en":"模拟电厂","name_zh":"模拟电厂"}','488b5f7fe167b30eef2656fdeb31554985541c12a46ec9279e6c8ddb933ea95d','05a2ca85516185fec07bda94e06bad9f7273c8d0cd75ba7173cd543e90ec87f7');
INSERT INTO "entries" VALUES(5,'019ca6b1-dc00-7580-94a5-1cca2239e9de','2026-03-01 00:00:00.000000','root','person.added','person:019ca6b1-dc00-7e8a-bbd7-00b4d2ad567e','{"commitment":"fc5fc45f6e893625a7ae1d7b768407f8a30e3f29224906f52ecb7978c8d9b677"}','05a2ca85516185fec07bda94e06bad9f7273c8d0cd75ba7173cd543e90ec87f7','caf6e0cb99882532870f82106e4068a0b0559b47c148700d7173ba3a1cb38a3e');
INSERT INTO "entries" VALUES(6,'019ca6b1-dc00-7581-933f-14d31d9e9dc8','2026-03-01 00:00:00.000000','root','user.added','user:019ca6b1-dc00-74ab-8a3d-0a7d2a3d3212','{"login":"plant"}','caf6e0cb99882532870f82106e4068a0b0559b47c148700d7173ba3a1cb38a3e','f4b43aa3e9131a403445525d2782104079e35e5582b5644febc304a5cc09070a');
INSERT INTO "entries" VALUES(7,'019ca6b1-dc00-7d5b-aa58-d3235c294dbf','2026-03-01 00:00:00.000000','root','role.granted','user:019ca6b1-dc00-74ab-8a3d-0a7d2a3d3212','{"organisation":"PLANT","role":"enterprise"}','f4b43aa3e9131a403445525d2782104079e35e5582b5644febc304a5cc09070a','537bf586f6c00076303b020d377a2f8ee7ffb22ebc27b72241fafe86d676c766');
CREATE TABLE entry_head (
	id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_entry_head PRIMARY KEY (id)
);
INSERT INTO "entry_head" VALUES(1,7,'537bf586f6c00076303b020d377a2f8ee7ffb22ebc27b72241fafe86d676c766');
CREATE TABLE escalations (
	id VARCHAR(36) NOT NULL, 
	duty_id VARCHAR(36) NOT NULL, 
	step VARCHAR(20) NOT NULL, 
	at DATETIME NOT NULL, 
	"by" VARCHAR(300) NOT NULL, 
	reason TEXT NOT NULL, 
	answer_due DATE NOT NULL, 
	rule VARCHAR(80) NOT NULL, 
	file_id VARCHAR(36), 
	lifted_at DATETIME, 
	lifted_by VARCHAR(300), 
	lifted_because TEXT, 
	CONSTRAINT pk_escalations PRIMARY KEY (id), 
	CONSTRAINT fk_escalations_duty_id FOREIGN KEY(duty_id) REFERENCES duties (id), 
	CONSTRAINT fk_escalations_file_id FOREIGN KEY(file_id) REFERENCES files (id)
);
CREATE TABLE evidence_links (
	id VARCHAR(36) NOT NULL, 
	file_id VARCHAR(36) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	note VARCHAR NOT NULL, 
	linked_by VARCHAR(300) NOT NULL, 
	linked_at DATETIME NOT NULL, 
	CONSTRAINT pk_evidence_links PRIMARY KEY (id), 
	CONSTRAINT fk_evidence_links_file_id FOREIGN KEY(file_id) REFERENCES files (id)
);
CREATE TABLE exceptional_events (
	id VARCHAR(36) NOT NULL, 
	code VARCHAR(12) NOT NULL, 
	first_hour DATETIME NOT NULL, 
	"end" DATETIME NOT NULL, 
	reason TEXT NOT NULL, 
	approved_by VARCHAR(200) NOT NULL, 
	approved_at DATETIME NOT NULL, 
	withdrawn_by VARCHAR(200), 
	withdrawn_at DATETIME, 
	withdrawn_because TEXT, 
	CONSTRAINT pk_exceptional_events PRIMARY KEY (id)
);
CREATE TABLE files (
	id VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	media_type VARCHAR(120) NOT NULL, 
	size BIGINT NOT NULL, 
	given_by VARCHAR(300) NOT NULL, 
	given_at DATETIME NOT NULL, 
	scan VARCHAR(20) NOT NULL, 
	salt BLOB, 
	deleted_at DATETIME, 
	CONSTRAINT pk_files PRIMARY KEY (id)
);
CREATE TABLE goal_figures (
	id VARCHAR(36) NOT NULL, 
	plan_key VARCHAR(80) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	subject VARCHAR(6) NOT NULL, 
	metric VARCHAR(80) NOT NULL, 
	period VARCHAR(10) NOT NULL, 
	version INTEGER NOT NULL, 
	comparator VARCHAR(20), 
	value VARCHAR(40) NOT NULL, 
	out_of INTEGER, 
	unit VARCHAR(40) NOT NULL, 
	source VARCHAR(300) NOT NULL, 
	entered_by VARCHAR(300) NOT NULL, 
	entered_at DATETIME NOT NULL, 
	file_id VARCHAR(36), 
	CONSTRAINT pk_goal_figures PRIMARY KEY (id), 
	CONSTRAINT fk_goal_figures_file_id FOREIGN KEY(file_id) REFERENCES files (id), 
	CONSTRAINT uq_goal_figures_plan_key_kind_subject_metric_period_version UNIQUE (plan_key, kind, subject, metric, period, version)
);
CREATE TABLE goals (
	id VARCHAR(36) NOT NULL, 
	plan_id VARCHAR(36) NOT NULL, 
	"order" INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	title TEXT NOT NULL, 
	title_en TEXT NOT NULL, 
	subjects JSON NOT NULL, 
	metric VARCHAR(80) NOT NULL, 
	comparator VARCHAR(20), 
	value VARCHAR(40), 
	unit VARCHAR(40) NOT NULL, 
	years JSON NOT NULL, 
	direction VARCHAR(20) NOT NULL, 
	baseline INTEGER, 
	change BOOLEAN NOT NULL, 
	CONSTRAINT pk_goals PRIMARY KEY (id), 
	CONSTRAINT fk_goals_plan_id FOREIGN KEY(plan_id) REFERENCES plans (id), 
	CONSTRAINT uq_goals_plan_id_order UNIQUE (plan_id, "order")
);
CREATE TABLE inventory_editions (
	id VARCHAR(36) NOT NULL, 
	"key" VARCHAR(80) NOT NULL, 
	year INTEGER NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	parent VARCHAR(80), 
	carried JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	reason TEXT NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	made_at DATETIME NOT NULL, 
	made_by VARCHAR(300) NOT NULL, 
	closed_at DATETIME, 
	closed_by VARCHAR(300), 
	closed_because TEXT, 
	CONSTRAINT pk_inventory_editions PRIMARY KEY (id), 
	CONSTRAINT uq_inventory_editions_key UNIQUE ("key")
);
CREATE TABLE key_units (
	id VARCHAR(36) NOT NULL, 
	year INTEGER NOT NULL, 
	code VARCHAR(80) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	county VARCHAR(6) NOT NULL, 
	industry VARCHAR(20) NOT NULL, 
	permit VARCHAR(20) NOT NULL, 
	above_scale BOOLEAN NOT NULL, 
	criteria JSON NOT NULL, 
	outlets JSON NOT NULL, 
	source VARCHAR(300) NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	changed_at DATETIME NOT NULL, 
	changed_by VARCHAR(300) NOT NULL, 
	CONSTRAINT pk_key_units PRIMARY KEY (id), 
	CONSTRAINT uq_key_units_year_code UNIQUE (year, code)
);
CREATE TABLE leads (
	id VARCHAR(36) NOT NULL, 
	made_at DATETIME NOT NULL, 
	made_by VARCHAR(80) NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	payload JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	ended_at DATETIME, 
	ended_by VARCHAR(300), 
	result VARCHAR(300), 
	CONSTRAINT pk_leads PRIMARY KEY (id)
);
CREATE TABLE measures (
	id VARCHAR(36) NOT NULL, 
	plan_id VARCHAR(36) NOT NULL, 
	"order" INTEGER NOT NULL, 
	number VARCHAR(20) NOT NULL, 
	section VARCHAR(20) NOT NULL, 
	section_title VARCHAR(300) NOT NULL, 
	section_title_en VARCHAR(300) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	title_en VARCHAR(300) NOT NULL, 
	text TEXT, 
	CONSTRAINT pk_measures PRIMARY KEY (id), 
	CONSTRAINT fk_measures_plan_id FOREIGN KEY(plan_id) REFERENCES plans (id), 
	CONSTRAINT uq_measures_plan_id_order UNIQUE (plan_id, "order")
);
CREATE TABLE meetings (
	id VARCHAR(36) NOT NULL, 
	plan_id VARCHAR(36) NOT NULL, 
	held_on DATE NOT NULL, 
	month VARCHAR(7) NOT NULL, 
	place VARCHAR(300) NOT NULL, 
	chair VARCHAR(300) NOT NULL, 
	present JSON NOT NULL, 
	items JSON NOT NULL, 
	file_id VARCHAR(36), 
	recorded_by VARCHAR(300) NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	CONSTRAINT pk_meetings PRIMARY KEY (id), 
	CONSTRAINT fk_meetings_file_id FOREIGN KEY(file_id) REFERENCES files (id), 
	CONSTRAINT fk_meetings_plan_id FOREIGN KEY(plan_id) REFERENCES plans (id)
);
CREATE TABLE messages (
	id VARCHAR(36) NOT NULL, 
	made_at DATETIME NOT NULL, 
	made_by VARCHAR(80) NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	payload JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	ended_at DATETIME, 
	ended_by VARCHAR(300), 
	result VARCHAR(300), 
	CONSTRAINT pk_messages PRIMARY KEY (id)
);
CREATE TABLE milestones (
	id VARCHAR(36) NOT NULL, 
	task_id VARCHAR(36) NOT NULL, 
	project_id VARCHAR(36), 
	"key" VARCHAR(80) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	title_en VARCHAR(300) NOT NULL, 
	due DATE NOT NULL, 
	done_on DATE, 
	file_id VARCHAR(36), 
	CONSTRAINT pk_milestones PRIMARY KEY (id), 
	CONSTRAINT fk_milestones_file_id FOREIGN KEY(file_id) REFERENCES files (id), 
	CONSTRAINT fk_milestones_project_id FOREIGN KEY(project_id) REFERENCES projects (id), 
	CONSTRAINT fk_milestones_task_id FOREIGN KEY(task_id) REFERENCES tasks (id)
);
CREATE TABLE organisations (
	id VARCHAR(80) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	name_zh VARCHAR(300) NOT NULL, 
	full_name_zh VARCHAR(300) NOT NULL, 
	name_en VARCHAR(300) NOT NULL, 
	county VARCHAR(6), 
	made_at DATETIME NOT NULL, 
	CONSTRAINT pk_organisations PRIMARY KEY (id)
);
INSERT INTO "organisations" VALUES('PLANT','enterprise','模拟电厂','模拟电厂','模拟电厂','140406','2026-03-01 00:00:00.000000');
CREATE TABLE outlet_marks (
	id VARCHAR(36) NOT NULL, 
	"key" VARCHAR(36) NOT NULL, 
	revision INTEGER NOT NULL, 
	outlet VARCHAR(80) NOT NULL, 
	factor VARCHAR(80) NOT NULL, 
	family VARCHAR(20) NOT NULL, 
	code VARCHAR(80) NOT NULL, 
	"begin" DATETIME NOT NULL, 
	"end" DATETIME, 
	source VARCHAR(20) NOT NULL, 
	withdrawn BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	author VARCHAR(300) NOT NULL, 
	at DATETIME NOT NULL, 
	file_id VARCHAR(36), 
	rules VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_outlet_marks PRIMARY KEY (id), 
	CONSTRAINT fk_outlet_marks_file_id FOREIGN KEY(file_id) REFERENCES files (id), 
	CONSTRAINT uq_outlet_marks_key_revision UNIQUE ("key", revision)
);
CREATE TABLE outlet_records (
	id VARCHAR(36) NOT NULL, 
	outlet VARCHAR(80) NOT NULL, 
	from_day DATE NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	organisation_id VARCHAR(80), 
	source_kind VARCHAR(80) NOT NULL, 
	industry VARCHAR(80) NOT NULL, 
	reference_oxygen VARCHAR(40), 
	gas_basis VARCHAR(20) NOT NULL, 
	basis TEXT NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	"by" VARCHAR(300) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_outlet_records PRIMARY KEY (id), 
	CONSTRAINT fk_outlet_records_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
);
CREATE TABLE persons (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(300), 
	phone VARCHAR(40), 
	mail VARCHAR(200), 
	salt BLOB, 
	made_at DATETIME NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_persons PRIMARY KEY (id)
);
INSERT INTO "persons" VALUES('019ca6b1-dc00-7c0a-8583-07d2ebb35255','管理员',NULL,NULL,X'8C6DF99FAD3B77358CA44F543A5B0067E98108F1CEB7FCB4CC9F20A0E22C48F3','2026-03-01 00:00:00.000000',NULL);
INSERT INTO "persons" VALUES('019ca6b1-dc00-7e8a-bbd7-00b4d2ad567e','某人',NULL,NULL,X'4F1A0C093814B2E23B0734B56BECE7E2DAB4A0D508D1DD1F20E621459575CECA','2026-03-01 00:00:00.000000',NULL);
CREATE TABLE plans (
	id VARCHAR(36) NOT NULL, 
	"key" VARCHAR(80) NOT NULL, 
	edition INTEGER NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	title_en VARCHAR(300) NOT NULL, 
	issuer VARCHAR(300) NOT NULL, 
	number VARCHAR(300) NOT NULL, 
	issued_on DATE, 
	year INTEGER, 
	origin VARCHAR(20) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	source_name VARCHAR(300) NOT NULL, 
	source_sha256 VARCHAR(64) NOT NULL, 
	file_id VARCHAR(36), 
	reading JSON NOT NULL, 
	read_at DATETIME NOT NULL, 
	confirmed_by VARCHAR(300), 
	confirmed_at DATETIME, 
	CONSTRAINT pk_plans PRIMARY KEY (id), 
	CONSTRAINT fk_plans_file_id FOREIGN KEY(file_id) REFERENCES files (id)
);
CREATE TABLE projects (
	id VARCHAR(36) NOT NULL, 
	task_id VARCHAR(36) NOT NULL, 
	number VARCHAR(80) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	organisation_id VARCHAR(80), 
	county VARCHAR(6), 
	address VARCHAR(300) NOT NULL, 
	longitude DOUBLE, 
	latitude DOUBLE, 
	quantity VARCHAR(40), 
	state VARCHAR(20) NOT NULL, 
	start DATE, 
	due DATE, 
	done_on DATE, 
	planned BIGINT, 
	spent BIGINT, 
	note TEXT NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	revision INTEGER NOT NULL, 
	changed_at DATETIME NOT NULL, 
	changed_by VARCHAR(300) NOT NULL, 
	CONSTRAINT pk_projects PRIMARY KEY (id), 
	CONSTRAINT fk_projects_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id), 
	CONSTRAINT fk_projects_task_id FOREIGN KEY(task_id) REFERENCES tasks (id), 
	CONSTRAINT uq_projects_task_id_number UNIQUE (task_id, number)
);
CREATE TABLE proposals (
	id VARCHAR(36) NOT NULL, 
	made_at DATETIME NOT NULL, 
	made_by VARCHAR(80) NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	payload JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	ended_at DATETIME, 
	ended_by VARCHAR(300), 
	result VARCHAR(300), 
	CONSTRAINT pk_proposals PRIMARY KEY (id)
);
CREATE TABLE quarantined_devices (
	mn VARCHAR(80) NOT NULL, 
	first_seen DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	frames INTEGER NOT NULL, 
	peer VARCHAR(80) NOT NULL, 
	reason VARCHAR(20) NOT NULL, 
	sample BLOB NOT NULL, 
	settled_at DATETIME, 
	settled_by VARCHAR(300), 
	CONSTRAINT pk_quarantined_devices PRIMARY KEY (mn)
);
CREATE TABLE recomputes (
	id VARCHAR(36) NOT NULL, 
	made_at DATETIME NOT NULL, 
	made_by VARCHAR(80) NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	payload JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	ended_at DATETIME, 
	ended_by VARCHAR(300), 
	result VARCHAR(300), 
	CONSTRAINT pk_recomputes PRIMARY KEY (id)
);
CREATE TABLE reports (
	id VARCHAR(36) NOT NULL, 
	duty_id VARCHAR(36) NOT NULL, 
	month VARCHAR(7) NOT NULL, 
	version INTEGER NOT NULL, 
	progress TEXT NOT NULL, 
	share VARCHAR(40), 
	claimed VARCHAR(20) NOT NULL, 
	problems TEXT NOT NULL, 
	next_step TEXT NOT NULL, 
	spent BIGINT, 
	reported_by VARCHAR(300) NOT NULL, 
	reported_at DATETIME NOT NULL, 
	source_sha256 VARCHAR(64), 
	digest VARCHAR(64) NOT NULL, 
	review VARCHAR(20) NOT NULL, 
	review_reason TEXT, 
	reviewed_by VARCHAR(300), 
	reviewed_at DATETIME, 
	CONSTRAINT pk_reports PRIMARY KEY (id), 
	CONSTRAINT fk_reports_duty_id FOREIGN KEY(duty_id) REFERENCES duties (id), 
	CONSTRAINT uq_reports_duty_id_month_version UNIQUE (duty_id, month, version)
);
CREATE TABLE reviews (
	id VARCHAR(36) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	place VARCHAR(80) NOT NULL, 
	channel VARCHAR(80) NOT NULL, 
	first_hour DATETIME NOT NULL, 
	"end" DATETIME NOT NULL, 
	level VARCHAR(20) NOT NULL, 
	verdict VARCHAR(20) NOT NULL, 
	reason TEXT NOT NULL, 
	"by" VARCHAR(300) NOT NULL, 
	at DATETIME NOT NULL, 
	finding VARCHAR(300), 
	supersedes VARCHAR(36), 
	rules VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_reviews PRIMARY KEY (id), 
	CONSTRAINT fk_reviews_supersedes FOREIGN KEY(supersedes) REFERENCES reviews (id)
);
CREATE TABLE runs (
	id VARCHAR(36) NOT NULL, 
	what VARCHAR(100) NOT NULL, 
	for_when VARCHAR(100) NOT NULL, 
	inputs JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	done FLOAT NOT NULL, 
	message TEXT NOT NULL, 
	result JSON, 
	error TEXT, 
	code_version VARCHAR(50) NOT NULL, 
	made_at DATETIME NOT NULL, 
	started_at DATETIME, 
	ended_at DATETIME, 
	CONSTRAINT pk_runs PRIMARY KEY (id)
);
CREATE TABLE senders (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	organisation VARCHAR(300) NOT NULL, 
	key_hash VARCHAR(64) NOT NULL, 
	kinds JSON NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	made_at DATETIME NOT NULL, 
	made_by VARCHAR(300) NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	closed_at DATETIME, 
	closed_by VARCHAR(300), 
	closed_because VARCHAR(300), 
	CONSTRAINT pk_senders PRIMARY KEY (id), 
	CONSTRAINT uq_senders_key_hash UNIQUE (key_hash), 
	CONSTRAINT uq_senders_name UNIQUE (name)
);
CREATE TABLE series (
	id VARCHAR(36) NOT NULL, 
	plan_id VARCHAR(36) NOT NULL, 
	measure_id VARCHAR(36) NOT NULL, 
	"key" VARCHAR(80) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	name_en VARCHAR(300) NOT NULL, 
	organisation_id VARCHAR(80), 
	unit VARCHAR(40) NOT NULL, 
	scope VARCHAR(300) NOT NULL, 
	comparator VARCHAR(20) NOT NULL, 
	target VARCHAR(40), 
	change BOOLEAN NOT NULL, 
	baseline_year INTEGER, 
	"by" DATE, 
	firm BOOLEAN NOT NULL, 
	CONSTRAINT pk_series PRIMARY KEY (id), 
	CONSTRAINT fk_series_measure_id FOREIGN KEY(measure_id) REFERENCES measures (id), 
	CONSTRAINT fk_series_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id), 
	CONSTRAINT fk_series_plan_id FOREIGN KEY(plan_id) REFERENCES plans (id), 
	CONSTRAINT uq_series_plan_id_key UNIQUE (plan_id, "key")
);
CREATE TABLE series_values (
	id VARCHAR(36) NOT NULL, 
	series_id VARCHAR(36) NOT NULL, 
	period VARCHAR(10) NOT NULL, 
	version INTEGER NOT NULL, 
	value VARCHAR(40) NOT NULL, 
	source VARCHAR(300) NOT NULL, 
	reported_by VARCHAR(300) NOT NULL, 
	reported_at DATETIME NOT NULL, 
	file_id VARCHAR(36), 
	CONSTRAINT pk_series_values PRIMARY KEY (id), 
	CONSTRAINT fk_series_values_file_id FOREIGN KEY(file_id) REFERENCES files (id), 
	CONSTRAINT fk_series_values_series_id FOREIGN KEY(series_id) REFERENCES series (id), 
	CONSTRAINT uq_series_values_series_id_period_version UNIQUE (series_id, period, version)
);
CREATE TABLE sheets (
	id VARCHAR(36) NOT NULL, 
	plan_id VARCHAR(36) NOT NULL, 
	month VARCHAR(7) NOT NULL, 
	organisation_id VARCHAR(80) NOT NULL, 
	issued_at DATETIME NOT NULL, 
	due DATE NOT NULL, 
	received_at DATETIME, 
	reminded_at DATETIME, 
	CONSTRAINT pk_sheets PRIMARY KEY (id), 
	CONSTRAINT fk_sheets_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id), 
	CONSTRAINT fk_sheets_plan_id FOREIGN KEY(plan_id) REFERENCES plans (id), 
	CONSTRAINT uq_sheets_plan_id_month_organisation_id UNIQUE (plan_id, month, organisation_id)
);
CREATE TABLE tasks (
	id VARCHAR(36) NOT NULL, 
	plan_id VARCHAR(36) NOT NULL, 
	measure_id VARCHAR(36) NOT NULL, 
	tail INTEGER, 
	"key" VARCHAR(80) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	title_en VARCHAR(300) NOT NULL, 
	start DATE, 
	due DATE, 
	every VARCHAR(20), 
	firm BOOLEAN NOT NULL, 
	comparator VARCHAR(20), 
	value VARCHAR(40), 
	unit VARCHAR(40) NOT NULL, 
	scope VARCHAR(300) NOT NULL, 
	amount BIGINT, 
	done_on DATE, 
	proposed_by VARCHAR(80), 
	CONSTRAINT pk_tasks PRIMARY KEY (id), 
	CONSTRAINT fk_tasks_measure_id FOREIGN KEY(measure_id) REFERENCES measures (id), 
	CONSTRAINT fk_tasks_plan_id FOREIGN KEY(plan_id) REFERENCES plans (id), 
	CONSTRAINT uq_tasks_measure_id_key UNIQUE (measure_id, "key")
);
CREATE TABLE user_roles (
	id VARCHAR(36) NOT NULL, 
	user_id VARCHAR(36) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	organisation_id VARCHAR(80), 
	granted_by VARCHAR(300) NOT NULL, 
	granted_at DATETIME NOT NULL, 
	revoked_by VARCHAR(300), 
	revoked_at DATETIME, 
	CONSTRAINT pk_user_roles PRIMARY KEY (id), 
	CONSTRAINT fk_user_roles_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id), 
	CONSTRAINT fk_user_roles_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT uq_user_roles_user_id_role_organisation_id_granted_at UNIQUE (user_id, role, organisation_id, granted_at)
);
INSERT INTO "user_roles" VALUES('019ca6b1-dc00-747f-a45b-4fd21c38172d','019ca6b1-dc00-7b03-b17a-5972d3d4471e','admin',NULL,'root','2026-03-01 00:00:00.000000',NULL,NULL);
INSERT INTO "user_roles" VALUES('019ca6b1-dc00-7693-9853-3eed868bdb16','019ca6b1-dc00-74ab-8a3d-0a7d2a3d3212','enterprise','PLANT','root','2026-03-01 00:00:00.000000',NULL,NULL);
CREATE TABLE users (
	id VARCHAR(36) NOT NULL, 
	login VARCHAR(80) NOT NULL, 
	person_id VARCHAR(36) NOT NULL, 
	password_hash VARCHAR(300), 
	made_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT fk_users_person_id FOREIGN KEY(person_id) REFERENCES persons (id), 
	CONSTRAINT uq_users_login UNIQUE (login)
);
INSERT INTO "users" VALUES('019ca6b1-dc00-7b03-b17a-5972d3d4471e','root','019ca6b1-dc00-7c0a-8583-07d2ebb35255',NULL,'2026-03-01 00:00:00.000000',NULL);
INSERT INTO "users" VALUES('019ca6b1-dc00-74ab-8a3d-0a7d2a3d3212','plant','019ca6b1-dc00-7e8a-bbd7-00b4d2ad567e',NULL,'2026-03-01 00:00:00.000000',NULL);
CREATE TABLE workspace (
	id INTEGER NOT NULL, 
	city VARCHAR(200) NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	made_at DATETIME NOT NULL, 
	CONSTRAINT pk_workspace PRIMARY KEY (id)
);
INSERT INTO "workspace" VALUES(1,'changzhi',1,'2026-03-01 00:00:00.000000');
CREATE INDEX ix_exceptional_events_code ON exceptional_events (code, first_hour);
CREATE INDEX ix_runs_what ON runs (what, for_when);
CREATE INDEX ix_entries_at ON entries (at);
CREATE INDEX ix_entries_subject ON entries (subject);
CREATE INDEX ix_user_roles_user_id ON user_roles (user_id);
CREATE INDEX ix_files_sha256 ON files (sha256);
CREATE INDEX ix_evidence_links_subject ON evidence_links (subject);
CREATE INDEX ix_drafts_state ON drafts (state, made_at);
CREATE INDEX ix_drafts_subject ON drafts (subject);
CREATE INDEX ix_leads_state ON leads (state, made_at);
CREATE INDEX ix_leads_subject ON leads (subject);
CREATE INDEX ix_messages_state ON messages (state, made_at);
CREATE INDEX ix_messages_subject ON messages (subject);
CREATE INDEX ix_proposals_state ON proposals (state, made_at);
CREATE INDEX ix_proposals_subject ON proposals (subject);
CREATE INDEX ix_recomputes_state ON recomputes (state, made_at);
CREATE INDEX ix_recomputes_subject ON recomputes (subject);
CREATE INDEX ix_confirmed_readings_plan_key ON confirmed_readings (plan_key);
CREATE INDEX ix_measures_plan_id ON measures (plan_id);
CREATE INDEX ix_duties_done ON duties (plan_id, done_on) WHERE done_on IS NOT NULL;
CREATE INDEX ix_duties_lights ON duties (plan_id, organisation_id, measure_id, role, done_on, settled, claimed, review, due, reported_month);
CREATE INDEX ix_duties_open ON duties (plan_id, due, id) WHERE done_on IS NULL;
CREATE INDEX ix_duties_organisation_id ON duties (organisation_id);
CREATE INDEX ix_tasks_measure_id ON tasks (measure_id);
CREATE INDEX ix_tasks_plan_id ON tasks (plan_id);
CREATE INDEX ix_projects_org ON projects (organisation_id, state);
CREATE INDEX ix_projects_task_id ON projects (task_id);
CREATE INDEX ix_milestones_project_id ON milestones (project_id);
CREATE INDEX ix_milestones_task_id ON milestones (task_id);
CREATE INDEX ix_escalations_duty_id ON escalations (duty_id);
CREATE INDEX ix_reports_month ON reports (month, review, duty_id);
CREATE INDEX ix_reviews_at ON reviews (at);
CREATE INDEX ix_reviews_place ON reviews (place, channel, first_hour);
CREATE INDEX ix_reviews_supersedes ON reviews (supersedes);
CREATE INDEX ix_outlet_marks_outlet ON outlet_marks (outlet, "begin");
CREATE INDEX ix_goals_plan_id ON goals (plan_id);
CREATE INDEX ix_series_plan_id ON series (plan_id);
CREATE INDEX ix_series_values_series_id ON series_values (series_id);
CREATE INDEX ix_devices_outlet ON devices (outlet);
CREATE INDEX ix_control_requests_mn ON control_requests (mn);
CREATE INDEX ix_control_requests_state ON control_requests (state, made_at);
CREATE INDEX ix_deliveries_sender ON deliveries (sender_id);
CREATE INDEX ix_deliveries_state ON deliveries (state, turn);
CREATE INDEX ix_device_parameters_newest ON device_parameters (mn, factor, code, reported_for);
CREATE INDEX ix_outlet_records_outlet ON outlet_records (outlet, from_day);
CREATE TRIGGER entries_never_changed BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_never_deleted BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER entries_only_appended BEFORE INSERT ON entries WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM entries) OR EXISTS (SELECT 1 FROM entries WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'entries are only appended'); END;
CREATE TRIGGER entry_head_never_deleted BEFORE DELETE ON entry_head BEGIN SELECT RAISE(ABORT, 'the head of the chain is never deleted'); END;
CREATE TRIGGER entry_head_made_once BEFORE INSERT ON entry_head BEGIN SELECT RAISE(ABORT, 'the chain has one head'); END;
CREATE TRIGGER entry_head_only_forwards BEFORE UPDATE ON entry_head WHEN NEW.id <> OLD.id OR NEW.number <> OLD.number + 1 BEGIN SELECT RAISE(ABORT, 'the head moves forwards one by one'); END;
COMMIT;
