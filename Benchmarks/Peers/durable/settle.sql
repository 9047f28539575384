-- Settling for keeps as a stored procedure: the year is read and locked, Yantai's waterfall for residents computed in
-- bigint arithmetic (fen, basis points, half up), the settlement and the year are written. The commit makes it durable.
CREATE TABLE person(
    person bigint PRIMARY KEY, insurance smallint NOT NULL, identity smallint NOT NULL, given int NOT NULL);
CREATE TABLE year(
    person bigint PRIMARY KEY, illness_absorbed bigint NOT NULL DEFAULT 0, illness_base bigint NOT NULL DEFAULT 0,
    absorbed bigint NOT NULL DEFAULT 0, paid bigint NOT NULL DEFAULT 0, re_absorbed bigint NOT NULL DEFAULT 0,
    re_paid bigint NOT NULL DEFAULT 0) WITH (fillfactor = 50);
CREATE TABLE settlement(
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, person bigint NOT NULL,
    service_date int, total bigint, in_policy bigint, out_of_catalog bigint, external_basic bigint, pool bigint,
    large_amount bigint, critical_illness bigint, assistance bigint, reassistance bigint, supplementary bigint,
    cash bigint, settled_at timestamptz NOT NULL DEFAULT now());

CREATE FUNCTION bracket(from_fen bigint, to_fen bigint, lower_fen bigint, upper_fen bigint, points bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT greatest(0::bigint, least(to_fen, upper_fen) - greatest(from_fen, lower_fen)) * points';

CREATE FUNCTION settle(
    the_id text, the_person bigint, the_date int, the_total bigint, the_in_policy bigint, the_out_of_catalog bigint,
    the_external bigint, OUT the_sequence bigint, OUT the_illness bigint, OUT the_assistance bigint,
    OUT the_reassistance bigint, OUT the_cash bigint) LANGUAGE plpgsql AS $$
DECLARE
    facts person%ROWTYPE;
    so_far year%ROWTYPE;
    is_key boolean;
    points bigint;
    rest bigint := the_in_policy - the_external;
    deductible bigint;
    first bigint;
    last bigint;
BEGIN
    IF the_total <> the_in_policy + the_out_of_catalog OR the_external > the_in_policy THEN
        RAISE EXCEPTION 'the amounts of % do not add up', the_id;
    END IF;
    SELECT * INTO STRICT facts FROM person WHERE person.person = the_person;
    SELECT * INTO STRICT so_far FROM year WHERE year.person = the_person FOR NO KEY UPDATE;
    is_key := facts.identity BETWEEN 1 AND 3;

    -- Critical illness (YT-2): brackets of what the year has had.
    deductible := least(rest, greatest(0, CASE WHEN is_key THEN 700000 ELSE 1400000 END - so_far.illness_absorbed));
    first := so_far.illness_base + deductible;
    last := so_far.illness_base + rest;
    points := CASE WHEN is_key THEN 6500 ELSE 6000 END;
    the_illness := (bracket(first, last, 0, 10000000, points) + bracket(first, last, 10000000, 20000000, points + 500)
        + bracket(first, last, 20000000, 30000000, points + 1000)
        + bracket(first, last, 30000000, 9223372036854775807, points + 1500) + 5000) / 10000;
    so_far.illness_absorbed := so_far.illness_absorbed + deductible;
    so_far.illness_base := so_far.illness_base + rest;
    rest := rest - the_illness;

    -- Medical assistance and re-assistance (YT-5, YT-6).
    the_assistance := 0;
    the_reassistance := 0;
    IF facts.identity BETWEEN 1 AND 5 THEN
        points := CASE facts.identity WHEN 1 THEN 10000 WHEN 2 THEN 8000 WHEN 3 THEN 7000 ELSE 5000 END;
        deductible := least(rest, greatest(0, CASE WHEN is_key THEN 0 ELSE 300000 END - so_far.absorbed));
        the_assistance := least(((rest - deductible) * points + 5000) / 10000,
            greatest(0, CASE WHEN is_key THEN 3000000 ELSE 2000000 END - so_far.paid));
        so_far.absorbed := so_far.absorbed + deductible;
        so_far.paid := so_far.paid + the_assistance;
        rest := rest - the_assistance;
        deductible := least(rest, greatest(0, CASE WHEN is_key THEN 500000 ELSE 1000000 END - so_far.re_absorbed));
        the_reassistance := least(((rest - deductible) * 7000 + 5000) / 10000, greatest(0, 2000000 - so_far.re_paid));
        so_far.re_absorbed := so_far.re_absorbed + deductible;
        so_far.re_paid := so_far.re_paid + the_reassistance;
        rest := rest - the_reassistance;
    END IF;
    the_cash := rest + the_out_of_catalog;

    INSERT INTO settlement(
        id, person, service_date, total, in_policy, out_of_catalog, external_basic, pool, large_amount,
        critical_illness, assistance, reassistance, supplementary, cash)
    VALUES (the_id, the_person, the_date, the_total, the_in_policy, the_out_of_catalog, the_external, the_external, 0,
        the_illness, the_assistance, the_reassistance, 0, the_cash)
    RETURNING sequence INTO the_sequence;
    UPDATE year SET illness_absorbed = so_far.illness_absorbed, illness_base = so_far.illness_base,
        absorbed = so_far.absorbed, paid = so_far.paid, re_absorbed = so_far.re_absorbed, re_paid = so_far.re_paid
        WHERE year.person = the_person;
END $$;
