"""Open a turn in one statement: what a turn needs to know before it thinks, behind one round trip instead of ten.

The function runs with its caller's rights, so row-level security judges each of its statements. It names the tenant
first, checks the partition's fence, locks the row of the inbox and the conversation, and writes the message down.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OPEN = """
create function open_turn(
    tenant uuid, place bigint, share integer, holder text, token bigint, number text, phone text, identity text,
    message_id uuid
) returns table (
    held boolean, inbox_state text,
    customer_id uuid, wa_id text, bsuid text, name text, username text, language text, language_pinned boolean,
    language_heard text, language_streak integer, opted_out_at timestamptz, erased_at timestamptz,
    customer_created_at timestamptz,
    conversation_id uuid, owner text, handover_reason text, window_closes_at timestamptz, dialogue jsonb,
    turns integer, created_at timestamptz, last_message_at timestamptz,
    shop_id uuid, roles text[], catalogue_version integer, layer_version integer
) language plpgsql volatile security invoker as $$
#variable_conflict use_column
declare
    told jsonb;
begin
    perform set_config('app.tenant_id', open_turn.tenant::text, true);
    perform 1 from partitions p
        where p.number = open_turn.share and p.owner = open_turn.holder and p.fence = open_turn.token
        for key share;
    held := found;
    if not held then
        return next;
        return;
    end if;
    select i.state, i.payload - 'trace' into inbox_state, told from inbox i
        where i.tenant_id = open_turn.tenant and i.seq = open_turn.place for update;
    if inbox_state is distinct from 'pending' or open_turn.number is null then
        return next;
        return;
    end if;
    -- A known person whose identity needs nothing filled in; whoever else comes, the service of customers meets.
    select c.id, c.wa_id, c.bsuid, c.name, c.username, c.language, c.language_pinned, c.language_heard,
        c.language_streak, c.opted_out_at, c.erased_at, c.created_at
    into customer_id, wa_id, bsuid, name, username, language, language_pinned, language_heard,
        language_streak, opted_out_at, erased_at, customer_created_at
    from customers c
    where c.tenant_id = open_turn.tenant and case
        when open_turn.identity is null then c.wa_id = open_turn.phone
        else c.bsuid = open_turn.identity and (open_turn.phone is null or c.wa_id = open_turn.phone)
    end;
    if not found then
        return next;
        return;
    end if;
    select v.id, v.owner, v.handover_reason, v.window_closes_at, v.dialogue, v.turns, v.created_at, v.last_message_at
    into conversation_id, owner, handover_reason, window_closes_at, dialogue, turns, created_at, last_message_at
    from conversations v
    where v.tenant_id = open_turn.tenant and v.customer_id = open_turn.customer_id
        and v.phone_number_id = open_turn.number
    for update;
    if not found then
        return next;
        return;
    end if;
    insert into messages (
        tenant_id, id, conversation_id, direction, kind, wamid, text, body, status, error, created_at, status_at
    ) values (
        open_turn.tenant, open_turn.message_id, open_turn.conversation_id, 'in', told->>'kind', told->>'wamid',
        coalesce(told->>'text', ''), told, 'received', '', clock_timestamp(), clock_timestamp()
    );
    select n.shop_id into shop_id from phone_numbers n
        where n.tenant_id = open_turn.tenant and n.phone_number_id = open_turn.number;
    roles := array(
        select distinct m.role from shop_members m
        where m.tenant_id = open_turn.tenant and m.customer_id = open_turn.customer_id
    );
    select t.catalogue_version, t.layer_version into catalogue_version, layer_version from tenants t
        where t.tenant_id = open_turn.tenant;
    return next;
end
$$
"""


def upgrade() -> None:
    op.execute(_OPEN)


def downgrade() -> None:
    op.execute("drop function open_turn")
