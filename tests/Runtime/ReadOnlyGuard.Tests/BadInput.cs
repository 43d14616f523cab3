using Npgsql;

namespace ReadOnlyGuard.Tests;

/// <summary>What cannot work is refused at Create, by the name of its key, and never with the password.</summary>
public sealed class BadInput
{
    const string Password = "open-sesame";

    [Theory]
    [InlineData("", "empty")]
    [InlineData("   ", "empty")]
    [InlineData("Host=db;Password=open-sesame;nonsense", "key=value")]
    [InlineData("Host=db;Password=open-sesame;Prot=5432", "'prot'")]
    [InlineData("Host=db;Password=x;open-sesame;Username=app", "key=value")]
    [InlineData("Host=db;Password=open-sesame;Port=five", "'port'")]
    [InlineData("Database=app;Password=open-sesame", "'Host'")]
    [InlineData("Host=;Password=open-sesame", "'Host'")]
    [InlineData("Host=a,,b;Password=open-sesame", "'Host'")]
    [InlineData("Host=a:70000,b;Password=open-sesame", "'Host'")]
    [InlineData("Host=a:x;Password=open-sesame", "'Host'")]
    [InlineData("Host=a,b;Password=open-sesame;Target Session Attributes=standby", "'Target Session Attributes'")]
    [InlineData("Host=a,b;Password=open-sesame;Target Session Attributes=prefer-standby", "'Target Session Attributes'")]
    [InlineData("Host=a,b;Password=open-sesame;Target Session Attributes=read-only", "'Target Session Attributes'")]
    [InlineData("Host=db;Password=open-sesame;Multiplexing=true", "'Multiplexing'")]
    [InlineData("Host=db;Password=open-sesame;Options=-c default_transaction_read_only=on", "'Options'")]
    [InlineData("Host=db;Password=open-sesame;Options=-c default_transaction_read_only=off", "'Options'")]
    [InlineData("Host=db;Password=open-sesame;Options=--default-transaction-read-only=off", "'Options'")]
    public void Is_refused_by_the_name_of_its_key_and_without_the_password(string connectionString, string named)
    {
        foreach (var create in new Func<string, object>[] { s => WritableDataSource.Create(s), WritableDataSource.For })
        {
            var refusal = Assert.ThrowsAny<ArgumentException>(() => create(connectionString));
            Assert.Contains(named, refusal.Message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Password, refusal.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_null_string_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => WritableDataSource.Create(null!));
        Assert.Throws<ArgumentNullException>(() => WritableDataSource.For(null!));
    }

    [Fact]
    public void What_only_Npgsql_refuses_is_refused_each_time_anew()
    {
        const string connectionString = "Host=db;Minimum Pool Size=5;Maximum Pool Size=1";
        var first = Assert.ThrowsAny<ArgumentException>(() => WritableDataSource.For(connectionString));
        Assert.NotSame(first, Assert.ThrowsAny<ArgumentException>(() => WritableDataSource.For(connectionString)));
    }

    [Fact]
    public void A_replication_connection_is_refused()
    {
        var refusal = Assert.ThrowsAny<ArgumentException>(() => WritableDataSource.Create("Host=db;Replication Mode=Logical"));
        Assert.Contains("Replication Mode", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=a,b;Target Session Attributes=primary")]
    [InlineData("Host=a,b;Target Session Attributes=read-write")]
    [InlineData("Host=a,b;Target Session Attributes=any")]
    [InlineData("Host=a,b;Target Session Attributes=prefer-primary")]
    [InlineData("Host=a;Target Session Attributes=read-write")]
    [InlineData("Host=a,b;Load Balance Hosts=true")]
    public void What_asks_for_a_writable_server_is_taken_over(string connectionString)
        => WritableDataSource.Create(connectionString).Dispose();

    [Theory]
    [InlineData(nameof(WritableDataSourceOptions.ValidationInterval), -1)]
    [InlineData(nameof(WritableDataSourceOptions.CheckTimeout), -1)]
    [InlineData(nameof(WritableDataSourceOptions.CheckTimeout), 0)]
    [InlineData(nameof(WritableDataSourceOptions.PeerCheckInterval), 0)]
    [InlineData(nameof(WritableDataSourceOptions.PeerCheckInterval), -2)]
    [InlineData(nameof(WritableDataSourceOptions.FailoverTimeout), -1)]
    [InlineData(nameof(WritableDataSourceOptions.FailoverTimeout), 25 * 24 * 3600)]
    public void An_option_out_of_range_is_refused_by_name(string option, int seconds)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => WritableDataSource.Create("Host=db", options =>
            typeof(WritableDataSourceOptions).GetProperty(option)!.SetValue(options, TimeSpan.FromSeconds(seconds))));
        Assert.Contains(option, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_builder_is_refused_like_a_string_and_left_as_it_was()
    {
        var builder = new NpgsqlDataSourceBuilder("Host=a,b;Target Session Attributes=standby");
        Assert.ThrowsAny<ArgumentException>(() => builder.BuildWritable());
        Assert.Equal("a,b", builder.ConnectionStringBuilder.Host);

        builder.ConnectionStringBuilder.TargetSessionAttributes = "primary";
        builder.BuildWritable().Dispose();
        Assert.Equal("a,b", builder.ConnectionStringBuilder.Host);
        Assert.Equal("primary", builder.ConnectionStringBuilder.TargetSessionAttributes);
        Assert.True(builder.ConnectionStringBuilder.Pooling);
    }

    [Fact]
    public void The_connection_string_shows_no_password()
    {
        using var source = WritableDataSource.Create($"Host=db;Username=app;Password={Password}");
        Assert.DoesNotContain(Password, source.ConnectionString, StringComparison.Ordinal);
        Assert.Contains("app", source.ConnectionString, StringComparison.Ordinal);
    }
}
