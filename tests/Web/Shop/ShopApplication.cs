using System.Reflection;
using Microsoft.EntityFrameworkCore;
using ReadOnlyGuard;

namespace Shop;

/// <summary>A small shop that takes orders in four ways, each guarded, and shows on a page what becomes of them.</summary>
public static class ShopApplication
{
    /// <param name="connectionString">Both servers of a pair as hosts.</param>
    /// <param name="url">Where it listens; port 0 takes a free one.</param>
    /// <param name="failOver">Makes the database fail over, where the host of this application can; the page has a button for it.</param>
    public static WebApplication Create(string connectionString, string url, Func<Task>? failOver = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.SetMinimumLevel(LogLevel.Critical);

        builder.Services.AddWritableNpgsqlDataSource(connectionString);
        builder.Services.AddDbContextPool<ShopContext>((services, options) => options.UseWritableNpgsql(services.GetRequiredService<WritableDataSource>()));
        builder.Services.AddReadOnlyGuard();
        builder.Services.AddHealthChecks().AddWritableNpgsql("writable");

        builder.Services.AddSingleton<OrderLog>();
        builder.Services.AddSingleton(new FailOver(failOver));
        builder.Services.AddHostedService<Customers>();
        builder.Services.AddHostedService<Audit>();

        var application = builder.Build();
        application.UseReadOnlyGuard();
        application.MapHealthChecks("/health");
        application.MapOrders();
        application.MapLive();
        application.MapGet("/", () => TypedResults.Stream(Assembly.GetExecutingAssembly().GetManifestResourceStream("index.html")!, "text/html"));
        return application;
    }
}

/// <summary>How the database is made to fail over; the page shows no button where that is <see langword="null"/>.</summary>
sealed record FailOver(Func<Task>? Run);
