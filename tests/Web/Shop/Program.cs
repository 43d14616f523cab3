using Shop;

// dotnet run -- "Host=db1,db2;Database=shop;Username=app" http://127.0.0.1:5000
if (args is not [var connectionString, var url])
{
    Console.Error.WriteLine("Give a connection string with all hosts of the cluster, and the URL to listen on. The database needs: " + ShopContext.CreateTable);
    return 1;
}
await ShopApplication.Create(connectionString, url).RunAsync();
return 0;
