using System.Data;

namespace ReadOnlyGuard.FailoverTests.Transactions;

/// <summary>Options that contradict themselves are refused before anything is opened, by name and with the remedy.</summary>
public sealed class BadOptions
{
    static readonly WritableDataSource Source = WritableDataSource.For("Host=127.0.0.1;Port=1;Timeout=1");

    [Fact]
    public void Isolation_levels_that_PostgreSQL_does_not_have() => Refused(new() { IsolationLevel = IsolationLevel.Chaos }, "IsolationLevel");

    [Fact]
    public void No_attempt_at_all() => Refused(new() { MaxAttempts = 0 }, "MaxAttempts");

    [Fact]
    public void An_outcome_that_does_not_exist() => Refused(new() { CommitOutcome = (CommitOutcome)7 }, "CommitOutcome");

    [Fact]
    public void A_verification_that_nobody_asks() => Refused(new() { VerifyCommitted = _ => true }, "CommitOutcome");

    [Fact]
    public void A_verification_of_the_other_kind()
        => Refused(new() { CommitOutcome = CommitOutcome.Resolve, VerifyCommittedAsync = (_, _) => Task.FromResult(true) }, "VerifyCommitted");

    static void Refused(WriteTransactionOptions options, string named)
    {
        var error = Assert.Throws<ArgumentException>(() => Source.ExecuteInTransaction(_ => { }, options));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal("options", error.ParamName);
    }
}
