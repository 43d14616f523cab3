namespace ReadOnlyGuard.Analyzers.Tests.Catalogue;

/// <summary>What the rules say of a constant, the guard does when it is made of it.</summary>
public sealed class RefusalsMatchTheRuntime
{
    [Theory]
    [InlineData("Host=a")]
    [InlineData("Server=a,b:5433;Database=shop")]
    [InlineData("Host=[::1]:5433")]
    [InlineData("Host=::1")]
    [InlineData("Host=/var/run/postgresql")]
    [InlineData("Host=a;Target Session Attributes=primary")]
    [InlineData("Host=a;Target Session Attributes=prefer-primary")]
    [InlineData("Host=a;TargetSessionAttributes=read-write")]
    [InlineData("Host=a;Target Session Attributes=any")]
    [InlineData("Host=a;Multiplexing=false;Replication Mode=Off;Options=-c statement_timeout=1s")]
    [InlineData("Host=a;Password='x;y'")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Host")]
    [InlineData("=;==;'")]
    [InlineData("Database=shop")]
    [InlineData("Host=;Database=shop")]
    [InlineData("Host=' '")]
    [InlineData("Host=a,")]
    [InlineData("Host=a:0")]
    [InlineData("Host=a:65536")]
    [InlineData("Host=[::1]:x")]
    [InlineData("Host=a;Multiplexing=true")]
    [InlineData("Host=a;Multiplexing=TRUE")]
    [InlineData("Host=a;Replication Mode=Logical")]
    [InlineData("Host=a;ReplicationMode=Physical")]
    [InlineData("Host=a;Target Session Attributes=standby")]
    [InlineData("Host=a;TargetSessionAttributes=prefer-standby")]
    [InlineData("Host=a;Target Session Attributes=read-only")]
    [InlineData("Host=a;Options=-c default_transaction_read_only=off")]
    [InlineData("Host=a;Options=--Default-Transaction-Read-Only=on")]
    [InlineData("Host=a;Password=x;y;Database=shop")]
    [InlineData("Name=ConnectionStrings:Shop")]
    public void For_each_of_these(string connectionString) =>
        Assert.Equal(Record.Exception(() => WritableDataSource.Create(connectionString).Dispose()) is ArgumentException, RefusedConnectionString.Refusal(connectionString) is not null);
}
