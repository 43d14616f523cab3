namespace ReadOnlyGuard.FailoverTests;

public sealed class SharedSources
{
    [Theory]
    [InlineData("host=nowhere.invalid;Database=shared;")]
    [InlineData("Server=nowhere.invalid;Database=shared")]
    [InlineData("Host=nowhere.invalid; DB=shared")]
    public void Are_one_for_strings_that_say_the_same(string other)
    {
        var first = WritableDataSource.For("Host=nowhere.invalid;Database=shared");
        Assert.Same(first, WritableDataSource.For(other));
        Assert.Same(first, WritableDataSource.For(other));
    }

    [Theory]
    [InlineData("Host=nowhere.invalid;Database=other")]
    [InlineData("Host=nowhere.invalid;Database=shared;Password=secret")]
    public void Are_not_one_for_others(string other)
        => Assert.NotSame(WritableDataSource.For("Host=nowhere.invalid;Database=shared"), WritableDataSource.For(other));
}
