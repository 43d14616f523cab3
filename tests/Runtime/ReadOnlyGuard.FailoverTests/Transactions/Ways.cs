namespace ReadOnlyGuard.FailoverTests.Transactions;

/// <summary>Synchronous and asynchronous transactions are one code path with two ways to wait: each test is of both.</summary>
static class Ways
{
    public static TheoryData<bool> Both => [true, false];
}
