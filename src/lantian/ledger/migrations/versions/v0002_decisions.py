"""Decisions: the chain, people, evidence, requests between rooms, and the plan with its duties."""

import sqlalchemy as sa
from alembic import op

from lantian.ledger.guards import put_guards

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, the head of the chain and its guards."""
    op.drop_column("workspace", "schema_version")
    _chain()
    _people()
    _evidence()
    _requests()
    _plan()
    _duties()
    _reports()
    _indicators()
    _devices()
    first = sa.text("INSERT INTO entry_head (id, number, hash) VALUES (1, 0, :first)")
    op.execute(first.bindparams(first="0" * 64))
    put_guards(op.get_bind())


def _chain() -> None:
    """Chain of decisions and its head."""
    op.create_table(
        "entries",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_entries"),
        sa.UniqueConstraint("id", name="uq_entries_id"),
    )
    op.create_index("ix_entries_at", "entries", ["at"], unique=False)
    op.create_index("ix_entries_subject", "entries", ["subject"], unique=False)
    op.create_table(
        "entry_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry_head"),
    )


def _people() -> None:
    """Bodies, persons, users, roles."""
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=300), nullable=False),
        sa.Column("full_name_zh", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("mail", sa.String(length=200), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_users_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("login", name="uq_users_login"),
    )
    op.create_table(
        "user_roles",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=True),
        sa.Column("granted_by", sa.String(length=300), nullable=False),
        sa.Column("granted_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_by", sa.String(length=300), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_user_roles_organisation_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_roles_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_user_roles"),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "organisation_id",
            "granted_at",
            name="uq_user_roles_user_id_role_organisation_id_granted_at",
        ),
    )
    op.create_index("ix_user_roles_user_id", "user_roles", ["user_id"], unique=False)


def _evidence() -> None:
    """Files and what they are evidence for."""
    op.create_table(
        "files",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.String(length=300), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("scan", sa.String(length=20), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
    )
    op.create_index("ix_files_sha256", "files", ["sha256"], unique=False)
    op.create_table(
        "evidence_links",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("linked_by", sa.String(length=300), nullable=False),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_evidence_links_file_id"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_links"),
    )
    op.create_index("ix_evidence_links_subject", "evidence_links", ["subject"], unique=False)


def _requests() -> None:
    """Five tables by which rooms ask each other."""
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=300), nullable=True),
        sa.Column("result", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_state", "drafts", ["state", "made_at"], unique=False)
    op.create_index("ix_drafts_subject", "drafts", ["subject"], unique=False)
    op.create_table(
        "leads",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=300), nullable=True),
        sa.Column("result", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
    )
    op.create_index("ix_leads_state", "leads", ["state", "made_at"], unique=False)
    op.create_index("ix_leads_subject", "leads", ["subject"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=300), nullable=True),
        sa.Column("result", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_state", "messages", ["state", "made_at"], unique=False)
    op.create_index("ix_messages_subject", "messages", ["subject"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=300), nullable=True),
        sa.Column("result", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
    )
    op.create_index("ix_proposals_state", "proposals", ["state", "made_at"], unique=False)
    op.create_index("ix_proposals_subject", "proposals", ["subject"], unique=False)
    op.create_table(
        "recomputes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=300), nullable=True),
        sa.Column("result", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recomputes"),
    )
    op.create_index("ix_recomputes_state", "recomputes", ["state", "made_at"], unique=False)
    op.create_index("ix_recomputes_subject", "recomputes", ["subject"], unique=False)


def _plan() -> None:
    """Plans, their measures, and readings that a person settled."""
    op.create_table(
        "confirmed_readings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("plan_key", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_confirmed_readings"),
    )
    op.create_index("ix_confirmed_readings_plan_key", "confirmed_readings", ["plan_key"], unique=False)
    op.create_table(
        "plans",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=300), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("source_name", sa.String(length=300), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=300), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_plans_file_id"),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
    )
    op.create_table(
        "measures",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("section_title", sa.String(length=300), nullable=False),
        sa.Column("section_title_en", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_measures_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_measures"),
        sa.UniqueConstraint("plan_id", "order", name="uq_measures_plan_id_order"),
    )
    op.create_index("ix_measures_plan_id", "measures", ["plan_id"], unique=False)


def _duties() -> None:
    """Duties, tasks, projects, milestones."""
    op.create_table(
        "duties",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("measure_id", sa.String(length=36), nullable=False),
        sa.Column("tail", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("via", sa.String(length=300), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("reported_month", sa.String(length=7), nullable=True),
        sa.Column("claimed", sa.String(length=20), nullable=True),
        sa.Column("share", sa.String(length=40), nullable=True),
        sa.Column("review", sa.String(length=20), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("step", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name="fk_duties_measure_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_duties_organisation_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_duties_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_duties"),
        sa.UniqueConstraint(
            "measure_id", "tail", "organisation_id", "role", name="uq_duties_measure_id_tail_organisation_id_role"
        ),
    )
    op.create_index(
        "ix_duties_done",
        "duties",
        ["plan_id", "done_on"],
        unique=False,
        sqlite_where=sa.text("done_on IS NOT NULL"),
        postgresql_where=sa.text("done_on IS NOT NULL"),
    )
    op.create_index(
        "ix_duties_lights",
        "duties",
        [
            "plan_id",
            "organisation_id",
            "measure_id",
            "role",
            "done_on",
            "settled",
            "claimed",
            "review",
            "due",
            "reported_month",
        ],
        unique=False,
    )
    op.create_index(
        "ix_duties_open",
        "duties",
        ["plan_id", "due", "id"],
        unique=False,
        sqlite_where=sa.text("done_on IS NULL"),
        postgresql_where=sa.text("done_on IS NULL"),
    )
    op.create_index("ix_duties_organisation_id", "duties", ["organisation_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("measure_id", sa.String(length=36), nullable=False),
        sa.Column("tail", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("every", sa.String(length=20), nullable=True),
        sa.Column("firm", sa.Boolean(), nullable=False),
        sa.Column("comparator", sa.String(length=20), nullable=True),
        sa.Column("value", sa.String(length=40), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name="fk_tasks_measure_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_tasks_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint("measure_id", "key", name="uq_tasks_measure_id_key"),
    )
    op.create_index("ix_tasks_measure_id", "tasks", ["measure_id"], unique=False)
    op.create_index("ix_tasks_plan_id", "tasks", ["plan_id"], unique=False)
    op.create_table(
        "projects",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=True),
        sa.Column("county", sa.String(length=6), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("quantity", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("planned", sa.BigInteger(), nullable=True),
        sa.Column("spent", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_projects_organisation_id"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_projects_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.UniqueConstraint("task_id", "number", name="uq_projects_task_id_number"),
    )
    op.create_index("ix_projects_org", "projects", ["organisation_id", "state"], unique=False)
    op.create_index("ix_projects_task_id", "projects", ["task_id"], unique=False)
    op.create_table(
        "milestones",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=True),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_milestones_file_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_milestones_project_id"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_milestones_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_milestones"),
    )
    op.create_index("ix_milestones_project_id", "milestones", ["project_id"], unique=False)
    op.create_index("ix_milestones_task_id", "milestones", ["task_id"], unique=False)


def _reports() -> None:
    """Sheets, reports, escalations, meetings."""
    op.create_table(
        "meetings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("chair", sa.String(length=300), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_meetings_file_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_meetings_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_meetings"),
    )
    op.create_table(
        "sheets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_sheets_organisation_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_sheets_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sheets"),
        sa.UniqueConstraint("plan_id", "month", "organisation_id", name="uq_sheets_plan_id_month_organisation_id"),
    )
    op.create_table(
        "escalations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("duty_id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer_due", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=300), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["duty_id"], ["duties.id"], name="fk_escalations_duty_id"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_escalations_file_id"),
        sa.PrimaryKeyConstraint("id", name="pk_escalations"),
    )
    op.create_index("ix_escalations_duty_id", "escalations", ["duty_id"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("duty_id", sa.String(length=36), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("share", sa.String(length=40), nullable=True),
        sa.Column("claimed", sa.String(length=20), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=True),
        sa.Column("reported_by", sa.String(length=300), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("review", sa.String(length=20), nullable=False),
        sa.Column("review_reason", sa.Text(), nullable=True),
        sa.Column("reviewed_by", sa.String(length=300), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["duty_id"], ["duties.id"], name="fk_reports_duty_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint("duty_id", "month", "version", name="uq_reports_duty_id_month_version"),
    )
    op.create_index("ix_reports_month", "reports", ["month", "review", "duty_id"], unique=False)


def _indicators() -> None:
    """Goals and their figures, reported series, admissions."""
    op.create_table(
        "admissions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("industry", sa.String(length=80), nullable=False),
        sa.Column("applicant", sa.String(length=300), nullable=False),
        sa.Column("application", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("submitted_by", sa.String(length=300), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=300), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_admissions"),
    )
    op.create_table(
        "calibrations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("giver", sa.String(length=36), nullable=True),
        sa.Column("first_hour", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.Column("fit", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("rules", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=300), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["giver"], ["calibrations.id"], name="fk_calibrations_giver"),
        sa.PrimaryKeyConstraint("id", name="pk_calibrations"),
        sa.UniqueConstraint("device", "channel", "version", name="uq_calibrations_device_channel_version"),
    )
    op.create_table(
        "cameras",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("snapshot", sa.String(length=300), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cameras"),
    )
    op.create_table(
        "inventory_editions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("parent", sa.String(length=80), nullable=True),
        sa.Column("carried", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=300), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=300), nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inventory_editions"),
        sa.UniqueConstraint("key", name="uq_inventory_editions_key"),
    )
    op.create_table(
        "key_units",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("industry", sa.String(length=20), nullable=False),
        sa.Column("permit", sa.String(length=20), nullable=False),
        sa.Column("above_scale", sa.Boolean(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("outlets", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_key_units"),
        sa.UniqueConstraint("year", "code", name="uq_key_units_year_code"),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("first_hour", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("finding", sa.String(length=300), nullable=True),
        sa.Column("supersedes", sa.String(length=36), nullable=True),
        sa.Column("rules", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["supersedes"], ["reviews.id"], name="fk_reviews_supersedes"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
    )
    op.create_index("ix_reviews_at", "reviews", ["at"], unique=False)
    op.create_index("ix_reviews_place", "reviews", ["place", "channel", "first_hour"], unique=False)
    op.create_index("ix_reviews_supersedes", "reviews", ["supersedes"], unique=False)
    op.create_table(
        "camera_looks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("camera", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("snapshot", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["camera"], ["cameras.id"], name="fk_camera_looks_camera"),
        sa.PrimaryKeyConstraint("id", name="pk_camera_looks"),
        sa.UniqueConstraint("camera", "at", name="uq_camera_looks_camera_at"),
    )
    op.create_table(
        "goal_figures",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("plan_key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=6), nullable=False),
        sa.Column("metric", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("comparator", sa.String(length=20), nullable=True),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("out_of", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("entered_by", sa.String(length=300), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_goal_figures_file_id"),
        sa.PrimaryKeyConstraint("id", name="pk_goal_figures"),
        sa.UniqueConstraint(
            "plan_key",
            "kind",
            "subject",
            "metric",
            "period",
            "version",
            name="uq_goal_figures_plan_key_kind_subject_metric_period_version",
        ),
    )
    op.create_table(
        "outlet_marks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("outlet", sa.String(length=80), nullable=False),
        sa.Column("factor", sa.String(length=80), nullable=False),
        sa.Column("family", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("begin", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("rules", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_outlet_marks_file_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outlet_marks"),
        sa.UniqueConstraint("key", "revision", name="uq_outlet_marks_key_revision"),
    )
    op.create_index("ix_outlet_marks_outlet", "outlet_marks", ["outlet", "begin"], unique=False)
    op.create_table(
        "goals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("metric", sa.String(length=80), nullable=False),
        sa.Column("comparator", sa.String(length=20), nullable=True),
        sa.Column("value", sa.String(length=40), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("years", sa.JSON(), nullable=False),
        sa.Column("direction", sa.String(length=20), nullable=False),
        sa.Column("baseline", sa.Integer(), nullable=True),
        sa.Column("change", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_goals_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_goals"),
        sa.UniqueConstraint("plan_id", "order", name="uq_goals_plan_id_order"),
    )
    op.create_index("ix_goals_plan_id", "goals", ["plan_id"], unique=False)
    op.create_table(
        "series",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("measure_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("comparator", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=True),
        sa.Column("change", sa.Boolean(), nullable=False),
        sa.Column("baseline_year", sa.Integer(), nullable=True),
        sa.Column("by", sa.Date(), nullable=True),
        sa.Column("firm", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name="fk_series_measure_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_series_organisation_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_series_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("plan_id", "key", name="uq_series_plan_id_key"),
    )
    op.create_index("ix_series_plan_id", "series", ["plan_id"], unique=False)
    op.create_table(
        "series_values",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("series_id", sa.String(length=36), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("reported_by", sa.String(length=300), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_series_values_file_id"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_series_values_series_id"),
        sa.PrimaryKeyConstraint("id", name="pk_series_values"),
        sa.UniqueConstraint("series_id", "period", "version", name="uq_series_values_series_id_period_version"),
    )
    op.create_index("ix_series_values_series_id", "series_values", ["series_id"], unique=False)


def _devices() -> None:
    """Instruments at the door, their settings, and what was asked of them."""
    op.create_table(
        "devices",
        sa.Column("mn", sa.String(length=80), nullable=False),
        sa.Column("outlet", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("system", sa.String(length=3), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("password", sa.String(length=40), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.Column("cipher_required", sa.Boolean(), nullable=False),
        sa.Column("logger_id", sa.String(length=80), nullable=False),
        sa.Column("activated_at", sa.DateTime(), nullable=True),
        sa.Column("hardware", sa.JSON(), nullable=False),
        sa.Column("grants_keys", sa.Boolean(), nullable=False),
        sa.Column("key_days", sa.Integer(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("key_trouble", sa.String(length=20), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("reports", sa.JSON(), nullable=False),
        sa.Column("minute_interval", sa.Integer(), nullable=False),
        sa.Column("reference_oxygen", sa.Double(), nullable=True),
        sa.Column("gas_state", sa.String(length=20), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("mn", name="pk_devices"),
    )
    op.create_index("ix_devices_outlet", "devices", ["outlet"], unique=False)
    op.create_table(
        "quarantined_devices",
        sa.Column("mn", sa.String(length=80), nullable=False),
        sa.Column("first_seen", sa.DateTime(), nullable=False),
        sa.Column("last_seen", sa.DateTime(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("peer", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("sample", sa.LargeBinary(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("mn", name="pk_quarantined_devices"),
    )
    op.create_table(
        "senders",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("organisation", sa.String(length=300), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=300), nullable=True),
        sa.Column("closed_because", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_senders"),
        sa.UniqueConstraint("key_hash", name="uq_senders_key_hash"),
        sa.UniqueConstraint("name", name="uq_senders_name"),
    )
    op.create_table(
        "control_requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("mn", sa.String(length=80), nullable=False),
        sa.Column("command", sa.Integer(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("qn", sa.String(length=20), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("qn_rtn", sa.Integer(), nullable=True),
        sa.Column("exe_rtn", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["mn"], ["devices.mn"], name="fk_control_requests_mn"),
        sa.PrimaryKeyConstraint("id", name="pk_control_requests"),
    )
    op.create_index("ix_control_requests_mn", "control_requests", ["mn"], unique=False)
    op.create_index("ix_control_requests_state", "control_requests", ["state", "made_at"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("door", sa.String(length=20), nullable=False),
        sa.Column("sender_id", sa.String(length=36), nullable=True),
        sa.Column("brought_by", sa.String(length=300), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=True),
        sa.Column("said", sa.Boolean(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("error_values", sa.JSON(), nullable=False),
        sa.Column("rejects", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_deliveries_file_id"),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], name="fk_deliveries_sender_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("sha256", name="uq_deliveries_sha256"),
        sa.UniqueConstraint("turn", name="uq_deliveries_turn"),
    )
    op.create_index("ix_deliveries_sender", "deliveries", ["sender_id"], unique=False)
    op.create_index("ix_deliveries_state", "deliveries", ["state", "turn"], unique=False)
    op.create_table(
        "device_keys",
        sa.Column("mn", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["mn"], ["devices.mn"], name="fk_device_keys_mn"),
        sa.PrimaryKeyConstraint("mn", "version", name="pk_device_keys"),
    )
    op.create_table(
        "device_parameters",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("mn", sa.String(length=80), nullable=False),
        sa.Column("factor", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.Column("previous", sa.String(length=400), nullable=True),
        sa.Column("reported_for", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["mn"], ["devices.mn"], name="fk_device_parameters_mn"),
        sa.PrimaryKeyConstraint("id", name="pk_device_parameters"),
        sa.UniqueConstraint(
            "mn",
            "factor",
            "code",
            "reported_for",
            "value",
            name="uq_device_parameters_mn_factor_code_reported_for_value",
        ),
    )
    op.create_index(
        "ix_device_parameters_newest", "device_parameters", ["mn", "factor", "code", "reported_for"], unique=False
    )
    op.create_table(
        "outlet_records",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("outlet", sa.String(length=80), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=True),
        sa.Column("source_kind", sa.String(length=80), nullable=False),
        sa.Column("industry", sa.String(length=80), nullable=False),
        sa.Column("reference_oxygen", sa.String(length=40), nullable=True),
        sa.Column("gas_basis", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_outlet_records_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outlet_records"),
    )
    op.create_index("ix_outlet_records_outlet", "outlet_records", ["outlet", "from_day"], unique=False)
