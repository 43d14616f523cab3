using Npgsql;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Tests;

/// <summary>The signal is process-wide, so its tests run alone.</summary>
[Collection(nameof(ReadOnlyErrorsInTheProcess)), CollectionDefinition(nameof(ReadOnlyErrorsInTheProcess), DisableParallelization = true)]
public sealed class ReadOnlyErrorsInTheProcess : IDisposable
{
    readonly WritableDataSource _source = WritableDataSource.Create("Host=127.0.0.1");

    public void Dispose() => _source.Dispose();

    [Theory]
    [InlineData("25006", 1)]
    [InlineData("0A000", 1)]
    [InlineData("23505", 0)]
    public void Are_counted_by_their_code(string sqlState, int expected)
    {
        var before = ReadOnlyErrorSignal.Count;
        Assert.Throws<PostgresException>(() => Throw(Error(sqlState)));
        Assert.Equal(before + expected, ReadOnlyErrorSignal.Count);
    }

    [Fact]
    public async Task One_error_counts_once_however_often_it_is_thrown_again()
    {
        var before = ReadOnlyErrorSignal.Count;
        await Assert.ThrowsAsync<PostgresException>(() => Deep(10));
        Assert.Equal(before + 1, ReadOnlyErrorSignal.Count);

        static async Task Deep(int frames)
        {
            await Task.Yield();
            if (frames == 0)
                throw Error("25006");
            await Deep(frames - 1);
        }
    }

    [Fact]
    public async Task The_guards_own_checks_are_not_counted()
    {
        var before = ReadOnlyErrorSignal.Count;
        await Check();
        Assert.Equal(before, ReadOnlyErrorSignal.Count);

        // Muted only as far as the check reaches.
        Assert.Throws<PostgresException>(() => Throw(Error("25006")));
        Assert.Equal(before + 1, ReadOnlyErrorSignal.Count);

        static async Task Check()
        {
            OwnTraffic.Begin();
            await Task.Yield();
            Assert.Throws<PostgresException>(() => Throw(Error("25006")));
        }
    }

    [Fact]
    public void Are_not_watched_once_the_last_source_is_gone()
    {
        _source.Dispose();
        var before = ReadOnlyErrorSignal.Count;
        Assert.Throws<PostgresException>(() => Throw(Error("25006")));
        Assert.Equal(before, ReadOnlyErrorSignal.Count);
    }

    static PostgresException Error(string sqlState) => new("", "ERROR", "ERROR", sqlState);

    static void Throw(Exception error) => throw error;
}
