using Microsoft.Extensions.DependencyInjection;
using ReadOnlyGuard;

namespace Shop.Contradictions;

public static class Sources
{
    const string Replica = "Host=a,b;Target Session Attributes=standby";

    public static WritableDataSource OfStandby() => WritableDataSource.Create(Replica);

    public static WritableDataSource OfAdvice() => WritableDataSource.For("Host=a;Options=-c default_transaction_read_only=off");

    public static void Add(IServiceCollection services) => services.AddWritableNpgsqlDataSource("Host=a,b;Database=shop");
}
